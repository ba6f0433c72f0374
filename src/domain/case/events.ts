// What happened to a case. Folded into its state and then gone: a history that can be counted is what V3 forbids.
import type { Instant, MessageId, RoomRef, VolunteerId } from '#domain/ids.ts';

/** `own`: they gave it back. `time`: nothing happened for too long. `no-room`: the homeserver did not make a room for it. */
export type ReturnedWhy = 'own' | 'time' | 'no-room';

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
  | { readonly type: 'lapsed'; readonly by: VolunteerId; readonly why: 'time' | 'own' }
  | { readonly type: 'opened' }
  /** The holder has come, and there was nothing to open. */
  | { readonly type: 'begun' }
  /** Taken and not begun for a while: they are asked once, unless they rest. */
  | { readonly type: 'begin-late'; readonly ask: 'asked' | 'left-in-peace' }
  /** Taken and never begun: it goes on to somebody else, and the wait is the old one. Nothing remembers who it was. */
  | { readonly type: 'returned'; readonly by: VolunteerId; readonly room: RoomRef; readonly why: ReturnedWhy }
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
  /** The former holder took it up again by themselves. */
  | { readonly type: 'taken-up'; readonly by: VolunteerId; readonly room: RoomRef; readonly at: Instant }
  | { readonly type: 'wait-noted'; readonly at: Instant }
  | { readonly type: 'idle-asked' }
  /** The holder rests: they are asked when they are back. */
  | { readonly type: 'idle-put-off' }
  /** The holder would rather keep it open, though nobody has written. */
  | { readonly type: 'stayed'; readonly at: Instant };
