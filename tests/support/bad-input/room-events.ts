// Events as people's clients could put them into a room, as data: who sends what, and whether its key arrives.
import type { RawContent } from '#tests/support/fake-matrix.ts';

/** Stand where the id of an event goes: their own last one, their last edit, the bot's last one, and one that nobody knows. */
export const ownEvent = '$own';
export const ownEdit = '$edit';
export const botEvent = '$bot';
export const noEvent = '$nothing-there';

export interface RoomStep {
  /** `chat`: a requester whose conversation goes on; `new-chat`: somebody new; the others are the volunteer who has the conversation. */
  readonly where: 'chat' | 'new-chat' | 'case-room' | 'desk';
  readonly raw: RawContent;
  /** `late`: it arrives after the bot has said that it could not open it. */
  readonly key?: 'never' | 'late';
}

export const words = (body: string, more: Readonly<Record<string, unknown>> = {}): RawContent => ({
  type: 'm.room.message',
  content: { msgtype: 'm.text', body, ...more },
});
export const editOf = (event: string, body: string): RawContent => ({
  type: 'm.room.message',
  content: {
    msgtype: 'm.text',
    body: `* ${body}`,
    'm.new_content': { msgtype: 'm.text', body },
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
  },
});
export const removalOf = (event: string): RawContent => ({ type: 'm.room.redaction', content: { redacts: event } });
export const reactionTo = (event: string, key: string): RawContent => ({
  type: 'm.reaction',
  content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key } },
});
