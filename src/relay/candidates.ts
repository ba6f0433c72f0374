// Volunteers as matching sees them: their own limits, how many cases they hold, whether they are being asked. No text, no name.
import { isFree } from '#domain/matching.ts';
import type { Candidate } from '#domain/matching.ts';
import type { Instant } from '#domain/ids.ts';
import type { Parts } from '#relay/parts.ts';
import type { Loaded } from '#relay/record-types.ts';

export const candidateOf = async (parts: Parts, record: Loaded<'volunteer'>): Promise<Candidate> => {
  const cases = await parts.store.find({ kind: 'case', parent: record.id, states: ['open', 'offered'] });
  return {
    volunteer: record.value.volunteer,
    holding: cases.filter((row) => row.state === 'open').length,
    asked: cases.some((row) => row.state === 'offered') ? 'asked' : 'free',
    devices: record.value.devices,
  };
};

/** Is there anybody whom an offer could reach now? Who has as many conversations as fit is not free. */
export const anybodyFree = async (parts: Parts, now: Instant): Promise<'somebody' | 'nobody' | 'no-volunteers'> => {
  const candidates: Candidate[] = [];
  for (const record of await parts.records.find({ kind: 'volunteer' })) candidates.push(await candidateOf(parts, record));
  if (candidates.some((candidate) => isFree(candidate, { now, limits: parts.limits }) === 'yes')) return 'somebody';
  return candidates.some(({ volunteer }) => volunteer.state !== 'invited' && volunteer.state !== 'left') ? 'nobody' : 'no-volunteers';
};
