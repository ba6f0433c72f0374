// `hearken doctor`: checks everything and changes nothing.
import { existsSync } from 'node:fs';
import { dataFiles } from '#settings/data-folder.ts';
import { faultText } from '#settings/fault-texts.ts';
import { readSettings, readSettingsForInit } from '#settings/read-settings.ts';
import type { Settings } from '#settings/read-settings.ts';
import { checkHomeserver, runChecks } from '#operator/checks.ts';
import type { Check } from '#operator/checks.ts';
import { lines } from '#operator/operator-texts.ts';

export interface DoctorPorts {
  readonly say: (line: string) => void;
  readonly checks: (settings: Settings) => readonly Check[];
}

export async function doctor(settingsPath: string, { say, checks }: DoctorPorts): Promise<'good' | 'trouble' | 'settings-faults'> {
  const ready = readSettings(settingsPath);
  if (!ready.ok) for (const each of ready.why) say(faultText(each));
  const readable = ready.ok ? { ok: true as const, value: ready.value.settings } : readSettingsForInit(settingsPath);
  // What init would make is missing, and the rest can be checked already.
  if (!readable.ok) return 'settings-faults';
  const settings = readable.value;
  if (ready.ok) say(lines.good('Settings, secrets and keys'));
  const bots = (['front', 'desk'] as const).flatMap((bot): readonly Check[] => {
    const name = bot === 'front' ? 'Front bot' : 'Desk bot';
    const loggedIn = existsSync(dataFiles(settings.service.dataFolder)[bot]);
    return [
      { name: `${name}, homeserver`, run: () => checkHomeserver(settings.matrix[bot].homeserver ?? settings.matrix.homeserver) },
      { name: `${name}, login`, run: async () => (loggedIn ? 'ok' : { code: 'no-login' }) },
    ];
  });
  const found = await runChecks([...checks(settings), ...bots], say);
  const all = ready.ok && found === 'good' ? 'good' : 'trouble';
  say(all === 'good' ? lines.doneDoctor : lines.notGood);
  return all;
}
