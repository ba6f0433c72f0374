// Identity out of text: nothing that is known of a person is left, little of what they say is lost, and nothing crafted makes it slow.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean } from '#cleaning/clean.ts';
import { placeholderTokens } from '#cleaning/placeholder-tokens.ts';
import { readMail } from '#mail/reading/read-mail.ts';
import type { Cleaned, CleanRequest } from '#relay/cleaning-port.ts';
import { mailBytes, mailsIn, ourMail, support, whatRemains } from '#tests/support/mails.ts';

const settings = { support, trusted: { authservIds: [], receivedAbove: 0 }, dns: { dns: 'system' }, dnsMs: 1 } as const;

const cleanMail = async (kind: string, name: string, ownTexts: readonly string[]): Promise<Cleaned> => {
  const read = await readMail({ bytes: mailBytes(kind, name), look: 'whole' }, settings);
  return clean({ text: read.text, known: [read.displayName, ...read.identity], ownTexts, form: 'mail' });
};

const cleaned = (request: Partial<CleanRequest> & { readonly text: string }): string => {
  const result = clean({ known: [], ownTexts: [], form: 'mail', ...request });
  return result.clean === 'yes' ? result.text : result.why;
};
const chat = (text: string, known: readonly string[] = []): string => cleaned({ text, known, form: 'chat' });

describe('of a reply', () => {
  test.each(mailsIn('replies'))('%s remains what the person wrote, and nothing else', async (name) => {
    expect(await cleanMail('replies', name, [ourMail()])).toMatchObject({
      clean: 'yes',
      text: whatRemains('replies', name),
      length: 'whole',
    });
  });

  test('the quote is found by its form as well, where our own words are not known', async () => {
    // One mail quotes without any mark: only knowing our own words helps there.
    const marked = mailsIn('replies').filter((name) => name !== 'unmarked-quote-en');
    for (const name of marked) {
      expect(await cleanMail('replies', name, ['Something else.']), name).toMatchObject({ text: whatRemains('replies', name) });
    }
  });

  test('our words go however they are wrapped and marked, and the person’s between them stay', () => {
    const own = 'Thank you for telling me about the meeting. That must have been a lonely evening for you. What would help now?';
    const text = [
      '> Thank you for telling',
      '> me about the meeting. That must',
      'It was.',
      '>> have been a lonely evening for you. What would',
      '> help now?',
      'Nothing, I think.',
    ].join('\n');
    expect(clean({ text, known: [], ownTexts: [own], form: 'mail' })).toMatchObject({ text: 'It was.\nNothing, I think.', quote: 'cut' });
  });

  test('that holds nothing but our own words, nothing is left, and that is said', () => {
    const own = 'Thank you for telling me about the meeting. That must have been a lonely evening.';
    expect(cleaned({ text: `> ${own}`, ownTexts: [own] })).toBe('nothing-left');
  });
});

describe('below a person’s words', () => {
  const thread = (below: string): string => cleaned({ text: `My own words.\n\n${below}`, ownTexts: ['nothing of it at all'] });

  test.each([
    'Sent from my iPhone',
    'Sent from Yahoo Mail on Android',
    'Sent from my cell, please excuse any typos.',
    '(sent from a phone)',
    'Sent with Airmail',
    'Sent from Mail for Windows',
    'Get Outlook for iOS<https://aka.ms/x>',
    'Sent with Proton Mail secure email.',
    'Von meinem iPhone gesendet',
    'Von meinem Mobilgerät gesendet',
    'Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.',
    'Gesendet von Outlook für Android',
    'Gesendet mit der GMX Mail App',
    'Envoyé de mon iPhone',
    'Envoyé depuis mon iPhone',
    'Télécharger Outlook pour iOS',
    'Enviado desde mi iPhone',
    'Enviado do meu iPhone',
    'Inviato da iPhone',
    'Verzonden vanaf mijn iPhone',
    'Skickat från min iPhone',
    'Sendt fra min iPhone',
    'Lähetetty iPhonesta',
    'Wysłane z iPhone’a',
    'Odesláno z iPhonu',
    'Отправлено с iPhone',
    'iPhone’umdan gönderildi',
    'iPhoneから送信',
    '发自我的iPhone',
    '從我的 iPhone 傳送',
    '나의 iPhone에서 보냄',
  ])('the line of a program goes: %s', (line) => {
    expect(thread(line)).toBe('My own words.');
  });

  test.each([
    ['a day and an address', 'Dnia 14 lip 2026 o godz. 00:25 Odd Quill <odd@quill.example> napisał(a):\n\n>\n> quoted'],
    ['an address and a word, no day', 'odd quill via Peers <info@quill.example> schrieb:\n>quoted'],
    ['an address, in a language nobody taught it', 'Skriblaĵo de <odd@quill.example>:\n\n> quoted'],
    ['a name and a word', 'Odd Quill wrote:\n> quoted'],
    ['an old form', '2026-03-03 10:12 GMT+01:00 Odd Quill <odd@quill.example>:\n> quoted'],
    ['the word at the end', 'Odd Quill <odd@quill.example> hat am 03.03.2026 10:12 CET geschrieben:\n\n\nquoted'],
    ['three lines', 'On Mar 3, 2026, at 10:12 AM, Odd\nQuill of Somewhere\n<odd@quill.example> wrote:\n\nquoted'],
    [
      'a header block',
      'From: Odd Quill <odd@quill.example<mailto:odd@quill.example>>\nReply-To: x <x@quill.example>\nDate: Monday\nTo: P <p@quill.example>\nSubject: VIS\n\nquoted',
    ],
    ['a header block in bold', '*From:* Odd <odd@quill.example>\n*Sent:* Tuesday\n*To:* Odd\n*Subject:* x\n\nquoted'],
    ['a rule of words', '----- Reply message -----\nFrom: Odd\nTo: <a@quill.example>\nSubject: x\nDate: Tue\n\nquoted'],
    [
      'a rule in Czech',
      '--------------- Původní e-mail ---------------\nOd: Odd <odd@quill.example>\nKomu: a@quill.example\nDatum: 3. 3. 2026 10:12:33\nPředmět: x\n"quoted"',
    ],
    ['Horde', 'Zitat von Odd Quill <odd@quill.example>:\n\n> quoted'],
  ])('the quote goes that is introduced by %s', (_what, below) => {
    expect(thread(below)).toBe('My own words.');
  });

  test('what is forwarded within a thread stays, without the names above it', () => {
    expect(
      thread(
        'Begin forwarded message:\n\nFrom: Odd Quill <odd@quill.example>\nSubject: y\nDate: 3 March 2026\nTo: z <z@quill.example>\n\nkeep this\n> and this',
      ),
    ).toBe('My own words.\n\nBegin forwarded message:\n\nkeep this\n> and this');
  });
});

describe('of a first mail', () => {
  test.each(mailsIn('first'))('%s remains what the person wrote or passed on', async (name) => {
    expect(await cleanMail('first', name, [])).toMatchObject({ clean: 'yes', text: whatRemains('first', name) });
  });

  test.each([
    ['a sentence that ends in wrote', 'Yesterday he wrote:\n\nyou are nothing\n\nand I believed it.'],
    ['a year and wrote', 'In 2019 she wrote:\nleave us alone\nand I did.'],
    ['an address typed by hand goes, the words around it stay', 'It says:\n\nwrite to nobody'],
    ['labels of a list', 'To: do something\nFrom: here on\nI want to feel better.'],
    ['dashes', 'one\n---\ntwo\n___\nthree'],
    ['sent from a place', 'I was sent from my mobile home to the hospital.\n\nSent from the mobile clinic by the lake'],
    ['two dashes in a sentence', 'I tried -- and failed -- again.'],
    ['file names and code', 'In settings.py and README.md, see os.path, e.g. foo.bar(), Node.js, v1.2.3, i.e. nothing.'],
    [
      'numbers',
      'In 2024 there were 1.000.000 of us, 1 000 000 even, on 2024-03-05 at 10:12, 5.3.2026, 12/05/2025, room 1234567, pages 2019 2020 2021.',
    ],
    ['services by name', 'It began on github.com and went on at djangoproject.com.'],
    ['emoji and joined letters', 'Ich weiß nicht 👩‍👩‍👧 ❤️ نمی‌خواهم 🏳️‍🌈'],
  ])('%s stays', (_what, text) => {
    expect(cleaned({ text })).toBe(text);
  });
});

describe('what looks like identity', () => {
  test.each([
    ['write me at odd.name+x@quillpost.example now', 'write me at [address] now'],
    ['odd.name@quillpost.example, and ODD@QUILLPOST.EXAMPLE.', '[address], and [address].'],
    ['odd (at) quillpost (dot) example or odd[at]quillpost.example', '[address] or [address]'],
    ['odd at quillpost dot example', '[address]'],
    ['mailto:odd@quillpost.example', '[address]'],
    ['odd＠quillpost．example', '[address]'],
    ['o\u200bdd@quill\u00adpost.example', '[address]'],
    ['see https://quillpost.example/odd?id=77&t=abc#x, please', 'see [link], please'],
    ['(https://user:pw@quillpost.example/)', '([link])'],
    ['quillpost.com/odd and www.quillpost.example', '[link] and [link]'],
    ['github.com/oddquill', '[link]'],
    ['my site oddquill.dev', 'my site [link]'],
    ['https://matrix.to/#/@odd:quillpost.example', '[link]'],
    ['@odd:quillpost.example wrote', '[handle] wrote'],
    ['#room:quillpost.example and @odd@mastodon.example', '[handle] and [handle]'],
    ['I am @oddquill there.', 'I am [handle] there.'],
    ['call +49 171 5551234 or 0171/5551234, (415) 555-2671 or 06 12 34 56 78', 'call [phone] or [phone], [phone] or [phone]'],
    ['Tel. 555 1234', '[phone]'],
    ['０３０−１２３４５６７', '[phone]'],
    ['tel:+49301234567', '[phone]'],
    ['DE89 3704 0044 0532 0130 00', '[handle]'],
    ['fingerprint 0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567', 'fingerprint [handle]'],
    ['連絡先は odd@quillpost.example です。', '連絡先は [address] です。'],
    ['詳しくはhttps://quillpost.example/odd、お願いします', '詳しくは[link]、お願いします'],
  ])('%s', (text, wanted) => {
    expect(chat(text)).toBe(wanted);
  });

  test('is named in the words that were asked for', () => {
    const placeholders = { ...placeholderTokens, address: '[Adresse]' };
    expect(cleaned({ text: 'odd@quillpost.example', placeholders })).toBe('[Adresse]');
  });

  test('is counted by its kind', () => {
    const result = clean({
      text: 'a@quillpost.example b@quillpost.example https://quillpost.example/x',
      known: [],
      ownTexts: [],
      form: 'chat',
    });
    expect(result).toMatchObject({ removed: { address: 2, link: 1 } });
  });
});

describe('what is known of a person', () => {
  const known = [
    'Zanzibära Quill-Feather (she/her)',
    'zanzi.feather42@quillpost.example',
    '@zanziq:matrix.example.org',
    'The Oddballs Team',
  ];
  test.each([
    ['Zanzibära', '[name]'],
    ['ZANZIBÄRA QUILL-FEATHER', '[name]'],
    ['Zanzibara and zanzibära; Zanziba\u0308ra', '[name] and [name]; [name]'],
    ['Zanzibaera', '[name]'],
    ['Ｚａｎｚｉｂａｒａ', '[name]'],
    ['Zan\u200dzi\u2060bara', '[name]'],
    ['Feather, Zanzibara', '[name]'],
    ['zanzibara.feather or feather_zanzibara', '[name] or [name]'],
    ['zanzibarafeather', '[name]'],
    ['Z a n z i b a r a', '[name]'],
    ['I’m zanziq there, or ZanziQ99', 'I’m [handle] there, or [handle]'],
    ['zanzi.feather42', '[handle]'],
    ['Feathers Garten', '[name] Garten'],
    ['zanzi.feather42@quillpost.example', '[address]'],
    ['at quillpost.example they know me', 'at [link] they know me'],
    ['she and her team told the others', 'she and her team told the others'],
    ['oddballs', '[name]'],
    ['featherweight, unquill', 'featherweight, unquill'],
  ])('goes: %s', (text, wanted) => {
    expect(chat(text, known)).toBe(wanted);
  });

  test('goes in scripts without spaces', () => {
    expect(chat('はじめまして、紫苑寺蕗乃と申します。', ['紫苑寺 蕗乃'])).toBe('はじめまして、[name]と申します。');
    expect(chat('저는 제갈봉숙입니다', ['제갈봉숙'])).toBe('저는 [name]입니다');
  });

  test('goes also where the name is a word of ours', () => {
    expect(chat('Zelda Link met Mr Link at [link] https://quillpost.example/x', ['Zelda Link'])).toBe(
      '[name] met Mr [name] at [[name]] [link]',
    );
  });

  test('is looked for once more in what would go out, and stops it', () => {
    // The empty lines that part the halves are closed up after the first look.
    expect(chat(`Quill${'\n'.repeat(80)}feather`, ['Quillfeather'])).toBe('identity-left');
  });

  const latin = 'abcdefghijklmnopqrstuvwxyz';
  const letters = (alphabet: string, min: number, max: number) =>
    fc.array(fc.constantFrom(...alphabet), { minLength: min, maxLength: max }).map((parts) => parts.join(''));
  const namePart = fc.oneof(
    letters(latin, 4, 10),
    letters(`${latin}äöüåøéèçñßłžšğı`, 4, 10),
    letters('абвгдежзийклмнопрст', 4, 9),
    letters('αβγδεζηθικλμνοπ', 4, 9),
    letters('紫苑寺蕗乃欧阳桂蓉子', 2, 4),
  );
  const person = fc.record({ first: namePart, last: namePart, local: letters(`${latin}0123456789`, 6, 10), host: letters(latin, 5, 9) });
  const marks = fc.constantFrom('\u200b', '\u00ad', '\u2060', '\ufeff', '\u202e', '\u034f', '\ufe0e');
  const disguise = fc.constantFrom(
    (word: string) => word,
    (word: string) => word.toUpperCase(),
    (word: string) => word.normalize('NFD'),
    (word: string) => word.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 97 + 0xff41)),
    (word: string) => `*${word}*`,
    (word: string) => `${word},`,
    (word: string) => `"${word}"`,
  );
  const say = fc.constantFrom(
    'I am',
    'and',
    'weil',
    'не',
    'signé',
    '\n\n',
    '\n> ',
    ':',
    '-- ',
    '…',
    '\t',
    'On 3 Mar 2026 at 10:12,',
    'wrote:',
    '[name]',
  );

  /** Written apart from the code under test: what a reader would still recognise. */
  const recognised = (text: string, secrets: readonly string[]): readonly string[] => {
    const plain = (value: string): string =>
      value
        .normalize('NFKD')
        .replace(/[\p{M}\p{Cf}\u034f]/gu, '')
        .toLowerCase();
    const words = new Set(plain(text).split(/[^\p{L}\p{N}]+/u));
    return secrets.filter((secret) => (/^[\p{Script=Han}]+$/u.test(secret) ? text.includes(secret) : words.has(plain(secret))));
  };

  test('is never left, in whatever text and disguise, and hardly a text is refused for it', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        person,
        fc.array(fc.tuple(say, fc.nat(9), disguise, fc.option(marks)), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('mail' as const, 'chat' as const),
        (who, words, form) => {
          const address = `${who.local}@${who.host}.example`;
          const forms = [
            who.first,
            who.last,
            `${who.first} ${who.last}`,
            `${who.last}, ${who.first}`,
            `${who.first}.${who.last}`,
            `${who.first}_${who.last}`,
            address,
            who.local,
            `${who.first}${who.last}`,
            `${who.last}${who.first}`,
          ];
          const text = words
            .map(([before, which, dress, mark]) => {
              const dressed = dress(forms[which] ?? '');
              const at = Math.floor(dressed.length / 2);
              return `${before} ${mark === null ? dressed : dressed.slice(0, at) + mark + dressed.slice(at)}`;
            })
            .join(' ');
          const result = clean({ text, known: [`${who.first} ${who.last}`, address], ownTexts: [], form });
          if (result.clean === 'no') {
            refused += result.why === 'identity-left' ? 1 : 0;
            return;
          }
          expect(recognised(result.text, [who.first, who.last, who.local, `${who.first}${who.last}`, `${who.last}${who.first}`])).toEqual(
            [],
          );
          expect(result.text.toLowerCase()).not.toContain(`@${who.host}`);
        },
      ),
      { numRuns: 1500 },
    );
    expect(refused).toBeLessThan(15);
  });

  test('does not take out what was not said', () => {
    const common = fc.constantFrom(
      'I',
      'could',
      'not',
      'sleep',
      'after',
      'Friday.',
      'Nobody',
      'said',
      'a',
      'word,',
      'and',
      'it',
      'hurts',
      'und',
      'ich',
      'weiß',
      'nicht',
    );
    fc.assert(
      fc.property(fc.array(common, { minLength: 1, maxLength: 40 }), (words) => {
        const text = words.join(' ');
        expect(chat(text, ['Zanzibara Quillfeather', 'zanzi.quillfeather@quillpost.example'])).toBe(text);
      }),
    );
  });
});

describe('a text', () => {
  test('of any characters is cleaned, holds none that hide, and comes out the same a second time', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('\u202e', '\u{e0041}', '\ue000', '\ud800', '\0', '\r', '>', '\n', '@', '://', '-- \n', '\u2028', 'a@b.example'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.constantFrom('mail' as const, 'chat' as const), (pieces, form) => {
        const result = clean({ text: pieces.join(''), known: ['Zanzibara Quillfeather'], ownTexts: [], form });
        if (result.clean === 'no') return;
        expect(result.text).not.toMatch(
          /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff\u{e0000}-\u{e007f}]/u,
        );
        expect(result.text.isWellFormed()).toBe(true);
        const again = clean({ text: result.text, known: ['Zanzibara Quillfeather'], ownTexts: [], form: 'chat' });
        if (form === 'chat') expect(again).toMatchObject({ clean: 'yes', text: result.text });
      }),
      { numRuns: 1000 },
    );
  });

  test('that is too long is cut where a word ends, and that is said', () => {
    const result = clean({ text: 'quiet words '.repeat(20_000), known: [], ownTexts: [], form: 'chat' });
    expect(result).toMatchObject({ clean: 'yes', length: 'cut' });
    if (result.clean !== 'yes') return;
    expect(result.text.length).toBeLessThanOrEqual(100_000);
    expect(result.text.endsWith('quiet') || result.text.endsWith('words')).toBe(true);
  });

  test('of nothing stays nothing', () => {
    expect(clean({ text: ' \n ', known: ['Zanzibara'], ownTexts: [], form: 'mail' })).toMatchObject({ clean: 'yes', text: '' });
  });

  const crafted = [
    'a',
    'a@',
    '@',
    'a.',
    'a.b@',
    'http://a.',
    'http://',
    'www.',
    'mailto:a',
    '#a:b.',
    '@a:',
    '@a@',
    '1 ',
    '1',
    '+1 ',
    '(1',
    '1-',
    'tel ',
    'tel: +1',
    '> a\n',
    '>',
    '>> > >> a wrote:\n',
    '\n',
    ' ',
    '   a',
    '-- \n',
    '-',
    '_',
    '*',
    '"',
    '\\',
    '<',
    ':',
    'wrote ',
    'On 3 Mar 2026 at 10:12, a <a@b.cd> wrote:\n',
    'From: a\nSent: b\nTo: c\nSubject: d\n',
    'x <a@b.c> 10:12 2026:',
    '\u200b',
    '\u200d',
    'a\u0301',
    '👩‍👩‍👧',
    '한',
    '金曜日から',
    '中a.b@',
    ' (at) a (dot) b',
    'a at b dot c ',
    '-----BEGIN PGP SIGNATURE-----\n',
    'de89 ',
    'abcd ',
    'ab:',
    'xn--a.',
    'Zanzibara ',
    'Z a n z i b a r ',
    'thank you for writing I have read your',
    `${'a'.repeat(600)}:\n`,
  ];
  /** How long it takes, in ms. What is quadratic takes minutes; two cores are shared with servers, so the limits are wide. */
  const cleaning = (piece: string, length: number): number => {
    const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    const start = performance.now();
    clean({ text, known: ['Zanzibara Quillfeather', 'zanzi@quillpost.example', '紫苑寺 蕗乃'], ownTexts: [ourMail()], form: 'mail' });
    return performance.now() - start;
  };

  test.each(crafted.map((piece) => [JSON.stringify(piece.slice(0, 20)), piece] as const))(
    'crafted of %s takes no more time than its length',
    (_what, piece) => {
      expect(cleaning(piece, 200_000)).toBeLessThan(3_000);
    },
  );

  // Nothing else goes on meanwhile, so this is the longest that a mail holds up everybody. Counted in the processor's time, since servers run beside it.
  test.each(['a@', 'a.b@', 'a@b.c ', '1 ', '> a\n', '\n', 'x <a@b.c> 10:12 2026:', '한', 'ª', '\ufdfa'])(
    'of a million letters of %s is cleaned within two seconds',
    (piece) => {
      const before = process.cpuUsage();
      cleaning(piece, 1_000_000);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000).toBeLessThan(2_000);
    },
  );
});
