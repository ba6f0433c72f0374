// The short run of the faults driver: nobody on either side notices that everything behind it is killed and wiped, again and again.
import { expect, it } from 'vitest';
import { seeded } from '#tests/support/seeded.ts';
import { drive } from './drive.ts';
import { shortRun } from './plan.ts';
import { report } from './report.ts';

it('600 messages both ways over both channels, everything killed: none lost, doubled, swapped, garbled or late', async () => {
  const { seed } = seeded('faults', 20_261_124);
  const result = await drive(shortRun(seed));
  console.log(report(result));
  expect(result.faults).toEqual([]);
  expect(result.messages).toBeGreaterThanOrEqual(600);
  expect(result.relayKills).toBeGreaterThanOrEqual(25);
  expect(Math.min(...Object.values(result.serverKills))).toBeGreaterThanOrEqual(3);
  expect(result.wipes).toBeGreaterThanOrEqual(10);
  expect(result.sameMailAgain).toBeLessThanOrEqual(result.relayKills + result.serverKills['the SMTP server']);
}, 900_000);
