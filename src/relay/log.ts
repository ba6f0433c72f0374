// The closed set of things the relay may write into its log.
// Must never hold: an address, a Matrix id (user, room, event), a name, a line of text, an error's message.
// A field is a count, a duration, a code from a closed list, or a random id of ours.

export type LogEvent =
  | { readonly event: 'relay.started'; readonly ms: number }
  | { readonly event: 'relay.stopped' }
  | { readonly event: 'relay.crashed'; readonly code: string; readonly at: string }
  | { readonly event: 'node.warning'; readonly code: string }
  | { readonly event: 'fault'; readonly where: string; readonly code: string }
  | { readonly event: 'mail.connected' }
  | { readonly event: 'mail.lost'; readonly code: string; readonly retryMs: number }
  | { readonly event: 'mail.taken'; readonly count: number }
  | { readonly event: 'mail.renumbered' }
  | { readonly event: 'mail.set-aside'; readonly code: string }
  | { readonly event: 'matrix.ready'; readonly bot: 'front' | 'desk'; readonly ms: number }
  | { readonly event: 'matrix.away'; readonly bot: 'front' | 'desk'; readonly code: string }
  | { readonly event: 'matrix.unreadable'; readonly bot: 'front' | 'desk'; readonly count: number }
  | { readonly event: 'matrix.guard'; readonly bot: 'front' | 'desk'; readonly code: string }
  | { readonly event: 'queue.away' }
  | { readonly event: 'queue.back' }
  | { readonly event: 'lane.blocked'; readonly role: string; readonly lane: string; readonly code: string; readonly attempts: number };

/** Writes one event. `level` follows from the event, so a caller cannot talk louder than it should. */
export type Log = (event: LogEvent) => void;
