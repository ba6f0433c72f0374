// The pseudonyms: enough of them, fit for people in distress, drawn by chance and never twice at once.
import { readFile } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { openPseudonyms, pseudonymsOf } from '#words/pseudonyms.ts';
import { isPseudonym } from '#words/short-names.ts';

const path = 'config/care/pseudonyms.json';
const lists = z.object({ first: z.array(z.string()), second: z.array(z.string()) }).parse(JSON.parse(await readFile(path, 'utf8')));
const pseudonyms = await openPseudonyms(path);
const all = [...lists.first, ...lists.second];

// What must not come in by a friendly edit: how somebody is or feels, dangers and ways to die, hunters and hunted, bodies and skins,
// faiths, parties, genders and names of people, jokes, and words that are insults or poisons elsewhere ("gift", "mist", "pinto").
const unfit = new Set(
  `weary tired broken lonely lost sad blue happy cheerful calm anxious nervous afraid scared timid shy sorry silent hollow empty numb bitter sour
  bleak gloomy grim dark darkening shadowy shady faded fading fallen falling drifting sinking drowning floating hanging cut cutting carved bleeding burnt burning
  cold frozen stormy thundering raging wild mad crazy nutty silly odd strange foreign alien single old young ancient late dead dying deadly last final early
  thin fat slim slender plump tall short small little big round bald pale black white brown red yellow olive ebony ivory tan tawny fair blond auburn hazel
  holy sacred divine blessed saintly angelic devout pious royal noble loyal patriotic national red queen king prince princess lord lady girl boy man woman maiden
  wolf fox bear lion tiger shark snake viper spider hawk eagle falcon owl cat hound hunter rabbit hare mouse rat lamb sheep deer worm pig cow ass monkey ape bug
  storm thunder lightning tornado hurricane flood avalanche fire flame smoke gas bridge cliff tower rope rail train razor knife blade pill needle gun arrow well
  yew foxglove hemlock nightshade oleander aconite poppy lily chrysanthemum cypress grave tomb coffin ghost bone skull blood
  cross crescent star temple church chapel angel devil demon dragon lotus dove palm bell candle
  rose ruby jade pearl amberley iris ivy violet daisy heather holly rowan robin jay martin olive basil rosemary laurel hazel jasper beryl autumn summer dawn brook glen heath reed sienna
  gift mist pest rat brand elend bald dick nutter cracker coconut banana fruit pansy spade spook coon pinto polla concha gypsy mandarin
  basket cottage beaver pussy cock tit booby bush snatch`.split(/\s+/u),
);

describe('the lists', () => {
  test('make at least 40,000 pairs', () => {
    expect(pseudonyms.count).toBe(lists.first.length * lists.second.length);
    expect(pseudonyms.count).toBeGreaterThanOrEqual(40_000);
  });

  test('hold plain words of 2 to 15 letters, each once, none in both', () => {
    expect(all.filter((word) => !/^[A-Z][a-z]{1,14}$/u.test(word))).toEqual([]);
    expect(new Set(all.map((word) => word.toLowerCase())).size).toBe(all.length);
  });

  test('hold nothing unfit', () => {
    expect(all.filter((word) => unfit.has(word.toLowerCase()))).toEqual([]);
  });

  test('hold no word that hides one', () => {
    expect(
      all.filter((word) =>
        /sex|slut|fuck|shit|cunt|piss|nazi|rape|kill|dead|die$|hell$|damn|pain|hurt|cry|sick|fear|fool|ugly|hate|scar/iu.test(word),
      ),
    ).toEqual([]);
  });
});

describe('drawing', () => {
  const small = pseudonymsOf({ first: ['Quiet', 'Amber'], second: ['Heron', 'Fern', 'Meadow'] });
  const six = ['Quiet Heron', 'Amber Heron', 'Quiet Fern', 'Amber Fern', 'Quiet Meadow', 'Amber Meadow'];

  test('gives a pseudonym of the lists', () => {
    const below = (limit: number): number => limit - 1;
    expect(isPseudonym(pseudonyms.draw({ below }, new Set()))).toBe(true);
  });

  test('gives each one for its own number', () => {
    expect(six.map((_, at) => small.draw({ below: () => at }, new Set()))).toEqual(six);
  });

  test('never gives one that is in use, whatever chance says', () => {
    fc.assert(
      fc.property(fc.subarray(six, { maxLength: 5 }), fc.infiniteStream(fc.nat()), (inUse, numbers) => {
        const below = (limit: number): number => (numbers.next().value ?? 0) % limit;
        const drawn = small.draw({ below }, new Set(inUse));
        expect(inUse).not.toContain(drawn);
        expect(six).toContain(drawn);
      }),
    );
  });

  test('finds the last free one, and ends when there is none', () => {
    const stuck = { below: () => 0 };
    expect(small.draw(stuck, new Set(six.slice(0, 5)))).toBe('Amber Meadow');
    expect(() => small.draw(stuck, new Set(six))).toThrow(expect.objectContaining({ code: 'all-in-use' }));
  });

  test('a file of another form is refused', async () => {
    await expect(openPseudonyms('package.json')).rejects.toMatchObject({ code: 'pseudonyms-file' });
    await expect(openPseudonyms('nowhere.json')).rejects.toMatchObject({ code: 'pseudonyms-file' });
  });
});
