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

/** As clients send what was spoken (MSC3245, MSC1767). */
export const voice = (who: Planting): Content => ({
  msgtype: 'm.audio',
  body: `${who.name('voice, body')}.ogg`,
  url: `mxc://chat.example/${who.word('voice, address')}`,
  info: { mimetype: 'audio/ogg', duration: 1_000 },
  'org.matrix.msc1767.text': who.name('voice, text'),
  'org.matrix.msc1767.audio': { duration: 1_000, waveform: [1, 2] },
  'org.matrix.msc3245.voice': {},
});

/** A line of a thread, which clients without threads show as a reply. */
export const inThread = (who: Planting, of: { readonly root: string; readonly words: string }): Content => ({
  ...fullText(who, of.words),
  'm.relates_to': { rel_type: 'm.thread', event_id: of.root, is_falling_back: true, 'm.in_reply_to': { event_id: of.root } },
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

interface AtHome {
  readonly who: Planting;
  readonly account: MatrixAccountOfTrial;
  readonly room: string;
}

/** As another program of theirs that is logged in for a moment; `room`: where its requests begin. */
const asThem = async (
  homeserver: Homeserver,
  of: Omit<AtHome, 'who'> & { readonly does: (at: { readonly token: string; readonly room: string }) => Promise<void> },
): Promise<void> => {
  const token = await logIn(homeserver, of.account);
  await of.does({ token, room: `${homeserver.baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(of.room)}` });
  await fetch(`${homeserver.baseUrl}/_matrix/client/v3/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(deadlineMs),
  });
};

/** Name, topic and picture of a room of theirs, and what they are called in it. */
export const furnish = (homeserver: Homeserver, { who, account, room }: AtHome): Promise<void> =>
  asThem(homeserver, {
    account,
    room,
    async does(at) {
      const state = `${at.room}/state`;
      const set = (type: string, body: object): Promise<void> => put(`${state}/${type}`, { token: at.token, body });
      await set('m.room.name/', { name: who.name('room, name') });
      await set('m.room.topic/', { topic: who.name('room, topic') });
      await set('m.room.avatar/', { url: `mxc://chat.example/${who.word('room, avatar')}` });
      await set(`m.room.member/${encodeURIComponent(account.userId)}`, {
        membership: 'join',
        displayname: who.name('name in this room'),
        avatar_url: `mxc://chat.example/${who.word('picture in this room')}`,
        reason: who.name('membership, reason'),
      });
    },
  });

/** Removals are in clear, and so are their reasons. */
export const removeWithReason = (homeserver: Homeserver, of: AtHome & { readonly event: string }): Promise<void> =>
  asThem(homeserver, {
    account: of.account,
    room: of.room,
    does: ({ token, room }) =>
      put(`${room}/redact/${encodeURIComponent(of.event)}/${crypto.randomUUID()}`, {
        token,
        body: { reason: of.who.name('removal, reason') },
      }),
  });
