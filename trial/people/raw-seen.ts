// An event as the client of a driven person sees it, after decryption.
export interface RawSeen {
  readonly roomId: string;
  readonly eventId: string;
  readonly sender: string;
  readonly at: number;
  readonly encrypted: boolean;
  readonly readable: boolean;
  readonly type: string;
  readonly stateKey?: string | null;
  readonly redacts?: string | null;
  readonly content: Readonly<Record<string, unknown>>;
}
