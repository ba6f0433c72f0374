// Matrix events in which a person's identity stands in every place that clients put it, and what is said of them at their homeserver.
import type { Planting } from '#tests/support/leaks/planted.ts';
import { logIn, type Homeserver, type MatrixAccountOfTrial } from '#trial/servers/matrix-accounts.ts';

type Content = Readonly<Record<string, unknown>>;

const html = (who: Planting, words: string): string =>
  `<p data-mx-user="${who.word('formatted_body, attribute')}">${words}</p><a href="https://matrix.to/#/@${who.word('pill')}:chat.example">${who.name('pill, text')}</a>` +
  `<span data-mx-spoiler="${who.name('spoiler, reason')}">${who.name('spoiler')}</span><!-- ${who.name('formatted_body, comment')} -->` +
  `<img src="mxc://chat.example/${who.word('formatted_body, picture')}" alt="${who.name('formatted_body, alt text')}"><mx-reply>${who.name('formatted_body, reply')}</mx-reply>`;

/** Beside the body, whatever newer and older clients add. */
const beside = (who: Planting, words: string): Content => ({
  format: 'org.matrix.custom.html',
  formatted_body: html(who, words),
  'm.mentions': { user_ids: [`@${who.word('m.mentions')}:chat.example`] },
  'com.beeper.per_message_profile': {
    id: who.word('per-message profile, id'),
    displayname: who.name('per-message profile, name'),
    avatar_url: `mxc://chat.example/${who.word('per-message profile, avatar')}`,
  },
  'm.text': [{ mimetype: 'text/html', body: who.name('m.text') }],
  external_url: `https://${who.word('external_url')}.example`,
  'example.client.user': who.word('a field of some client'),
});

/** `words` is meant to arrive. */
export const fullText = (who: Planting, words: string): Content => ({ msgtype: 'm.text', body: words, ...beside(who, words) });

/** As clients wrote replies until 2025: the other's words before one's own, with their id. */
export const replyWithFallback = (who: Planting, of: { readonly to: string; readonly words: string }): Content => ({
  msgtype: 'm.text',
  body: `> <@${who.word('reply fallback, id')}:chat.example> ${who.name('reply fallback, text')}\n> ${who.name('reply fallback, second line')}\n\n${of.words}`,
  ...beside(who, of.words),
  'm.relates_to': { 'm.in_reply_to': { event_id: of.to } },
});

export const fullEdit = (who: Planting, of: { readonly event: string; readonly words: string }): Content => ({
  ...fullText(who, `* ${of.words}`),
  body: `* ${who.name('edit, body for old clients')}`,
  'm.new_content': fullText(who, of.words),
  'm.relates_to': { rel_type: 'm.replace', event_id: of.event },
});

export const fullFile = (who: Planting): Content => ({
  msgtype: 'm.file',
  body: `${who.name('file, body')}.pdf`,
  filename: `${who.name('file, name')}.pdf`,
  info: { mimetype: 'application/pdf', size: 1_000, thumbnail_url: `mxc://chat.example/${who.word('file, thumbnail')}` },
  url: `mxc://chat.example/${who.word('file, address')}`,
});

export const place = (who: Planting): Content => ({
  msgtype: 'm.location',
  body: who.name('place, body'),
  geo_uri: `geo:1,2;u=${who.word('place, uri')}`,
  'm.location': { description: who.name('place, description') },
});

export const sticker = (who: Planting): Content => ({
  body: who.name('sticker'),
  url: `mxc://chat.example/${who.word('sticker, address')}`,
  info: {},
});

export const poll = (who: Planting): Content => ({
  'm.poll': {
    question: { 'm.text': [{ body: who.name('poll, question') }] },
    kind: 'm.disclosed',
    answers: [{ 'm.id': 'a', 'm.text': [{ body: who.name('poll, answer') }] }],
  },
  'm.text': [{ body: who.name('poll, text') }],
});

/** A reaction may be any text, in clear. */
export const wordyReaction = (who: Planting, to: string): Content => ({
  'm.relates_to': { rel_type: 'm.annotation', event_id: to, key: who.name('reaction') },
});

const deadlineMs = 20_000;

const put = async (url: string, of: { readonly token: string; readonly body: unknown }): Promise<void> => {
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { authorization: `Bearer ${of.token}` },
    body: JSON.stringify(of.body),
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (!answer.ok) throw new Error(`the homeserver says ${answer.status}`);
};

/** Name and picture of the account, and the name of its device. */
export const dressUp = async (
  homeserver: Homeserver & { readonly adminToken: string },
  of: { readonly who: Planting; readonly userId: string; readonly deviceId: string },
): Promise<void> => {
  const { who } = of;
  const user = `${homeserver.baseUrl}/_synapse/admin/v2/users/${encodeURIComponent(of.userId)}`;
  const token = homeserver.adminToken;
  await put(user, {
    token,
    body: { displayname: `${who.name('display name')} Chatperson`, avatar_url: `mxc://chat.example/${who.word('avatar')}` },
  });
  await put(`${user}/devices/${of.deviceId}`, { token, body: { display_name: `${who.name('device name')}’s phone` } });
};

/** Name, topic and picture of a room of theirs. */
export const furnish = async (
  homeserver: Homeserver,
  of: { readonly who: Planting; readonly account: MatrixAccountOfTrial; readonly room: string },
): Promise<void> => {
  const { who } = of;
  const token = await logIn(homeserver, of.account);
  const room = `${homeserver.baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(of.room)}/state`;
  await put(`${room}/m.room.name/`, { token, body: { name: who.name('room, name') } });
  await put(`${room}/m.room.topic/`, { token, body: { topic: who.name('room, topic') } });
  await put(`${room}/m.room.avatar/`, { token, body: { url: `mxc://chat.example/${who.word('room, avatar')}` } });
  await fetch(`${homeserver.baseUrl}/_matrix/client/v3/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(deadlineMs),
  });
};
