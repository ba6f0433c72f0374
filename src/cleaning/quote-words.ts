// The words that mail programs put around what they quote, in the languages we have met. Data only; compared folded (no case, no accents).
import { wroteWords as verbs } from '#domain/quote-words.ts';
import { fold } from './folded.ts';

const list = (words: string): readonly string[] =>
  words
    .split(/[\n,]/)
    .map((word) => fold(word.trim()))
    .filter((word) => word !== '');

/** "… wrote:". */
export const wroteWords = verbs.map(fold);

/** How such a line begins. */
export const startWords = list(
  `on, am, le, el, il, em, op, den, d., w dniu, dnia, dne, dňa, pe, la data, στις, vào, pada, в, у, на, a, il giorno, il dia, en date du`,
);

export type HeaderLabel = 'from' | 'date' | 'to' | 'copy' | 'subject';

const labels: Readonly<Record<HeaderLabel, readonly string[]>> = {
  from: list(`from, von, de, da, van, fra, från, od, lähettäjä, от, від, kimden, gönderen, 差出人, 发件人, 寄件者, 寄件人, 보낸 사람, 보낸사람, από, feladó,
    de la, מאת, من, odesílatel, odosielateľ, nadawca, expéditeur, absender, remitente, mittente, afzender, avsändare, afsender, avsender, reply-to, antwort an`),
  date: list(`sent, date, gesendet, datum, envoyé, date d'envoi, enviado, enviado el, enviada em, enviado em, enviada, inviato, verzonden, skickat, sendt, wysłano, wysłane,
    odesláno, odoslané, lähetetty, отправлено, надіслано, дата, fecha, data, dato, päiväys, pvm, gönderildi, gönderme tarihi, tarih, 送信日時, 日付, 日時, 发送时间, 日期,
    보낸 날짜, 날짜, εστάλη, ημερομηνία, elküldve, küldve, dátum, trimis, נשלח, تاريخ`),
  to: list(
    `to, an, à, a, para, aan, naar, til, till, do, komu, vastaanottaja, кому, kime, kime:, alıcı, 宛先, 收件人, 받는 사람, 받는사람, προς, címzett, către, אל, إلى, destinataire, empfänger`,
  ),
  copy: list(`cc, kopie, kopia, kopi, копия, копія, bilgi, 抄送, 副本, 참조, copia, cópia, κοιν., másolatot kap, עותק, bcc`),
  subject: list(
    `subject, betreff, objet, asunto, oggetto, assunto, onderwerp, ämne, emne, temat, předmět, predmet, aihe, тема, konu, 件名, 主题, 主題, 主旨, 제목, θέμα, tárgy, subiect, נושא, الموضوع`,
  ),
};

const labelOf: ReadonlyMap<string, HeaderLabel> = new Map(
  (Object.entries(labels) as [HeaderLabel, readonly string[]][]).flatMap(([label, words]) => words.map((word) => [word, label] as const)),
);

/** `*Von:* …`, `From: …`, `宛先：…`. */
export function headerLabel(folded: string): HeaderLabel | null {
  const match = /^[ \t>*_]{0,12}([^:：*\d@]{1,24}?)[ \t*]{0,4}[:：]/u.exec(folded.slice(0, 60));
  return match === null ? null : (labelOf.get((match[1] ?? '').trim()) ?? null);
}

export const originalWords = list(`
original message, ursprüngliche nachricht, original-nachricht, originalnachricht, original-mail, message d'origine, message original, mail original, e-mail d'origine, mensaje original,
messaggio originale, mensagem original, oorspronkelijk bericht, ursprungligt meddelande, originalmeddelande, originalmeddelelse, original meddelelse,
oprindelig meddelelse, opprinnelig melding, alkuperäinen viesti, wiadomość oryginalna, oryginalna wiadomość, původní zpráva, pôvodná správa, eredeti üzenet,
mesaj original, исходное сообщение, оригинальное сообщение, вихідне повідомлення, orijinal ileti, orijinal mesaj, αρχικό μήνυμα, 元のメッセージ, 原始邮件, 原始郵件, 원본 메일, 원본 메시지`);

export const forwardWords = list(`
forwarded message, forwarded mail, weitergeleitete nachricht, anfang der weitergeleiteten nachricht, begin forwarded message, message transféré, début du message réexpédié,
début du message transféré, mensaje reenviado, inicio del mensaje reenviado, messaggio inoltrato, inizio messaggio inoltrato, inizia messaggio inoltrato,
mensagem encaminhada, mensagem reencaminhada, início da mensagem reencaminhada, início da mensagem encaminhada, doorgestuurd bericht, begin doorgestuurd bericht,
vidarebefordrat meddelande, vidarebefordrat brev, videresendt besked, videresendt meddelelse, videresendt melding, välitetty viesti, wiadomość przekazana,
przekazana wiadomość, początek przekazywanej wiadomości, přeposlaná zpráva, preposlaná správa, továbbított üzenet, mesaj redirecționat, пересланное сообщение, пересылаемое сообщение,
переслане повідомлення, iletilen mesaj, iletilmiş mesaj, προωθημένο μήνυμα, 転送されたメッセージ, 転送メッセージ, 转发的邮件, 轉寄的郵件, 전달된 메시지`);
