// Taking identity out of a text, as types. Text in, text out; nothing is looked up and nothing is kept.

export interface CleanRequest {
  readonly text: string;
  /** Names, addresses, handles known of the person who wrote, from headers, profile and earlier messages. */
  readonly known: readonly string[];
  /** Our own earlier texts to this person; their lines are taken out of a mail's quotes. */
  readonly ownTexts: readonly string[];
  /** `mail` has quotes, attributions and signatures to cut; a chat line has not. */
  readonly form: 'mail' | 'chat';
  /** What to put where something was taken out, in the volunteer's language. Without: neutral English tokens. */
  readonly placeholders?: Readonly<Record<Placeholder, string>>;
}

export type Placeholder = 'address' | 'phone' | 'link' | 'handle' | 'name';

export type Cleaned =
  | {
      readonly clean: 'yes';
      readonly text: string;
      readonly removed: Readonly<Partial<Record<Placeholder, number>>>;
      readonly quote: 'none' | 'cut';
      readonly length: 'whole' | 'cut';
    }
  /** Fails closed: known identity is still in it, or nothing is left of a text that was not empty. The sender is asked. */
  | { readonly clean: 'no'; readonly why: 'identity-left' | 'nothing-left' };

export type Clean = (request: CleanRequest) => Cleaned;
