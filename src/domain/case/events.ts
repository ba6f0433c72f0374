// What happened to a case. Folded into its state and then gone: a history that can be counted is what V3 forbids.
import type { Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';

export type CaseEvent =
  /** Sealed, shown to nobody yet. */
  | { readonly type: 'message-kept'; readonly message: MessageId; readonly at: Instant }
  | { readonly type: 'message-shown'; readonly messages: readonly MessageId[]; readonly at: Instant }
  | { readonly type: 'rest-told' }
  | { readonly type: 'rest-over' }
  | { readonly type: 'offered'; readonly to: VolunteerId; readonly until: Instant }
  | { readonly type: 'accepted'; readonly by: VolunteerId; readonly room: RoomRef; readonly at: Instant }
  /** Their availability now ends before the offer would. */
  | { readonly type: 'offer-shortened'; readonly until: Instant }
  | { readonly type: 'passed'; readonly by: VolunteerId }
  | { readonly type: 'lapsed'; readonly by: VolunteerId }
  | { readonly type: 'opened' }
  | { readonly type: 'answered'; readonly at: Instant }
  | { readonly type: 'stepped-back'; readonly by: VolunteerId; readonly room: RoomRef; readonly at: Instant }
  | { readonly type: 'closed'; readonly by: 'requester' | 'holder' | 'time'; readonly at: Instant }
  | { readonly type: 'again-asked' }
  | { readonly type: 'again-declined' }
  /** Nobody answered, and that is a no: what was kept is gone unread, as they were told beforehand. */
  | { readonly type: 'again-lapsed' }
  /** The bodies of a closed conversation are gone, those that nobody has seen among them. */
  | { readonly type: 'bodies-dropped' }
  | { readonly type: 'reopened'; readonly at: Instant }
  | { readonly type: 'wait-noted'; readonly at: Instant }
  | { readonly type: 'idle-asked' }
  /** The holder would rather keep it open, though nobody has written. */
  | { readonly type: 'stayed'; readonly at: Instant };
