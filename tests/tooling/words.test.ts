// What people read: the same in every language, whole, in the voice that was agreed on.
import { describe, expect, test } from 'vitest';

import { findRequesterWords } from '#domain/requester-words.ts';
import type { Say } from '#domain/say.ts';
import { wordsThatWork } from '#relay/telling.ts';
import { openWords, slotKeys } from '#words/open-words.ts';
import { isFormat, readLanguages, samplesOf, wordsFolder } from '#tests/support/the-words.ts';

const words = await openWords({ folder: wordsFolder, defaultLanguage: 'en' });
const languages = await readLanguages();
const texts = languages.flatMap((language) =>
  samplesOf(language)
    .filter((say) => !isFormat(say.key))
    .map((say) => ({ language: language.language, key: say.key, text: words.render(language.language, say) })),
);
const faults = (broken: (text: string) => boolean): readonly string[] =>
  texts.filter((each) => broken(each.text)).map((each) => `${each.language} ${each.key}: ${each.text}`);

const firstAnswer = (channel: 'mail' | 'chat', free: 'somebody' | 'nobody' | 'no-volunteers' = 'somebody'): Say => ({
  key: `requester.first-answer.${channel}`,
  slots: { free: { slot: 'word', key: `requester.free.${free}` }, wait: { slot: 'span', ms: 24 * 3_600_000 }, words: wordsThatWork },
});

describe('every language says the same things', () => {
  test('English and German are there', () => {
    expect(words.languages).toEqual(expect.arrayContaining(['de', 'en']));
  });

  test.each(languages.map((each) => [each.language, each] as const))('%s has the same keys, each with the same slots', (_, language) => {
    const shape = (of: typeof language): readonly string[] =>
      [...of.templates]
        .map(
          ([key, template]) =>
            `${key} ${[...template.slots]
              .map((slot) => slot.join(':'))
              .toSorted()
              .join(' ')}`,
        )
        .toSorted();
    const [first] = languages;
    expect(first === undefined ? [] : shape(first)).toEqual(shape(language));
  });

  test('no text was left in another language', () => {
    const [en, de] = ['en', 'de'].map(
      (language) => new Map(texts.filter((each) => each.language === language).map((each) => [each.key, each.text])),
    );
    const same = [...(en ?? [])]
      .filter(([key, text]) => de?.get(key) === text && text.length > 20 && key !== 'coordinator.board')
      .map(([key]) => key);
    expect(same).toEqual([]);
  });
});

describe('every text', () => {
  test('renders with its slots, without a brace left over', () => {
    expect(texts.length).toBeGreaterThan(200);
    expect(faults((text) => /[{}]|undefined|\[object/u.test(text))).toEqual([]);
  });

  test('is plain: no markup, no double blank, no blank at an end, no control character', () => {
    expect(faults((text) => /[*_#`<>|\\~]|\]\(/u.test(text))).toEqual([]);
    expect(faults((text) => text !== text.trim() || / {2}| \n|\n |\n{3}|[\p{Cc}--\n]/v.test(text))).toEqual([]);
  });

  test('does not shout: an exclamation mark only begins a command', () => {
    expect(faults((text) => /!(?![a-z])/u.test(text))).toEqual([]);
  });

  test.each([
    [
      'no clinical and no office words',
      /\b(?:unfortunately|please be advised|patient|diagnos|symptom|disorder|suicid|crisis|risk|victim|ticket|agent|client|leider|Patient|Diagnose|Symptom|Störung|Suizid|Selbstmord|Krise|Risiko|Opfer)/iu,
    ],
    [
      'no blame and no pressure',
      /\b(?:you failed|you forgot|you did not answer|you missed|still waiting for you|reminder|overdue|immer noch auf dich|versäumt|vergessen hast|überfällig|Erinnerung)/iu,
    ],
    [
      'no promise that nobody can keep',
      /\b(?:always here|we promise|guarantee|completely safe|fully anonymous|nobody will ever know|versprechen|garantier|völlig sicher|völlig anonym)/iu,
    ],
    ['no words of our own making for people', /\b(?:requester|custodian|holder|outbox|lane|pseudonym)\b/iu],
  ])('has %s', (_, banned) => {
    expect(faults((text) => banned.test(text.replaceAll(/988 Suicide.*|Suicide .*Service/gu, '')))).toEqual([]);
  });

  test('counts nothing that a volunteer did or left undone', () => {
    const counted = languages.flatMap((language) =>
      [...language.templates]
        .filter(([key, template]) => /^(?:desk|volunteer)\./u.test(key) && [...template.slots.values()].includes('number'))
        .map(([key]) => key),
    );
    expect(new Set(counted)).toEqual(new Set(['desk.cap.done', 'desk.cap.done-later', 'desk.me-lines.cases']));
  });
});

describe('to people who ask', () => {
  const toRequesters = texts.filter((each) => each.key.startsWith('requester.') || each.key.startsWith('helplines.'));

  test('no line of ours reads as a word of theirs when their mail program quotes it without a mark', () => {
    const answered = (text: string): number =>
      text.split('\n').reduce((found, line) => found + findRequesterWords(line, 'asked').words.length, 0);
    const whole = words.languages.flatMap((language) => [
      words.render(language, firstAnswer('mail')),
      words.render(language, firstAnswer('chat')),
    ]);
    expect([...toRequesters.map((each) => each.text), ...whole].filter((text) => answered(text) > 0)).toEqual([]);
    expect(answered('YES K7M2PQ4X')).toBe(1);
  });

  test('subject, sender and room name say nothing of what this is about', () => {
    const shown = ['mail.subject', 'names.sender', 'names.chat-room'].flatMap((key) =>
      words.languages.map((language) => words.render(language, { key })),
    );
    expect(shown).toEqual(['Deine Nachricht', 'Your message', 'Briefkasten', 'Letterbox', 'Gespräch', 'Conversation']);
  });

  test.each(words.languages)(
    'the first answer in %s thanks first, then says that a person reads it, and names where to find somebody now',
    (language) => {
      for (const channel of ['mail', 'chat'] as const) {
        const [first, second, ...rest] = words.render(language, firstAnswer(channel)).split('\n\n');
        expect(first).toMatch(/^(?:Thank you|Danke)/u);
        expect(second).toMatch(/^(?:A person|Ein Mensch)/u);
        expect(rest.join('\n')).toContain('findahelpline.com');
        expect(rest.join('\n')).toMatch(/emergency number|Notrufnummer/u);
      }
    },
  );

  test.each(words.languages)(
    'the first answer in %s is short: 125 words of what happens, 150 of who reads and what can be written',
    (language) => {
      const count = (text: string): number => text.split(/\s+/u).length;
      for (const channel of ['mail', 'chat'] as const) {
        for (const free of ['somebody', 'nobody', 'no-volunteers'] as const) {
          const parts = words.render(language, firstAnswer(channel, free)).split('\n\n');
          expect(count(parts.slice(0, 3).join(' '))).toBeLessThanOrEqual(125);
          expect(count(parts.slice(3).join(' '))).toBeLessThanOrEqual(150);
        }
      }
    },
  );

  test.each(words.languages)('the first answer in %s names the words that work now and no other', (language) => {
    const text = words.render(language, firstAnswer('mail'));
    const named = [...text.matchAll(/\b[A-Z]{2,}\b/gu)].map(([word]) => word);
    expect(new Set(named)).toEqual(new Set(['STOP', 'HELP', 'COUNTRY', 'NEW', 'YES', 'NO']));
  });

  test.each(words.languages)('as it reads, in %s', async (language) => {
    const says: readonly Say[] = [
      firstAnswer('mail'),
      firstAnswer('chat', 'nobody'),
      firstAnswer('mail', 'no-volunteers'),
      ...samplesOf(languages.find((each) => each.language === language) ?? { language, templates: new Map() }).filter(
        (say) => say.key.startsWith('requester.') && !say.key.startsWith('requester.first-answer'),
      ),
    ];
    const page = says.map((say) => `=== ${say.key}\n${words.render(language, say)}\n`).join('\n');
    await expect(page).toMatchFileSnapshot(`golden/to-people-who-ask.${language}.txt`);
  });
});

describe('to volunteers', () => {
  test('what comes unasked has five lines at most', () => {
    const unasked = texts.filter((each) => /^(?:desk|case|volunteer|coordinator)\./u.test(each.key) && each.key !== 'desk.help-all');
    expect(unasked.filter((each) => each.text.split('\n').length > 5).map((each) => `${each.language} ${each.key}`)).toEqual([]);
  });

  test('a question shows its answers as numbers', () => {
    const asking = [
      'desk.offer.new',
      'desk.offer.former',
      'desk.offer.taken-over',
      'case.open-ask',
      'case.close.ask',
      'case.boundary.ask',
      'case.edit-late',
      'case.quiet-ask',
      'volunteer.mistyped',
      'desk.rest.ask',
    ];
    expect(texts.filter((each) => asking.includes(each.key) && !/^1 /mu.test(each.text))).toEqual([]);
  });

  test('an offer says that there is no second chair', () => {
    const offers = texts.filter((each) => ['desk.offer.new', 'desk.offer.former', 'desk.offer.taken-over'].includes(each.key));
    expect(offers.filter((each) => !/no second chair|keine zweite Person/u.test(each.text))).toEqual([]);
  });

  test.each(words.languages)('as it reads, in %s', async (language) => {
    const says = samplesOf(languages.find((each) => each.language === language) ?? { language, templates: new Map() });
    const page = says
      .filter((say) => /^(?:desk|case|volunteer|coordinator|commands)\./u.test(say.key))
      .map((say) => `=== ${say.key}\n${words.render(language, say)}\n`)
      .join('\n');
    await expect(page).toMatchFileSnapshot(`golden/to-volunteers.${language}.txt`);
  });
});

test('what slots are made of is there', () => {
  for (const language of languages) expect(slotKeys.filter((key) => !language.templates.has(key))).toEqual([]);
});
