// What a device proves itself with, and the few facts of its login, sealed in the account's file.
import type { AccountFile } from '#matrix/account-file.ts';
import { jsonBytes, jsonOf } from '#matrix/sealing.ts';

export interface Credentials {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
}

/** `device`: chosen before the login, so that a repeated one is the same device. `recovery-key`: only until it is in use. */
type Kept = {
  readonly device: string;
  readonly credentials: Credentials;
  readonly 'recovery-key': string;
  /** The identity stands and its recovery key is safe: the account may be used. */
  readonly finished: 'yes';
};

export function keep<Name extends keyof Kept>(file: AccountFile, name: Name, value: Kept[Name]): void {
  file.write(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    file.seal.seal(`meta|${name}`, jsonBytes(value)),
  );
  file.commit();
}

export function kept<Name extends keyof Kept>(file: AccountFile, name: Name): Kept[Name] | null {
  const value = file.read('SELECT value FROM meta WHERE name = ?', name)[0]?.['value'];
  // Our own bytes, authenticated: their form is known once they open.
  return value instanceof Uint8Array ? (jsonOf(file.seal.open(`meta|${name}`, value)) as Kept[Name]) : null;
}

export function drop(file: AccountFile, name: keyof Kept): void {
  file.write('DELETE FROM meta WHERE name = ?', name);
  file.commit();
}
