// The mail domains of the trial, and what each publishes in the DNS: so that verdicts on a sender are real.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Zone } from './dns.ts';

export const SUPPORT_DOMAIN = 'help.example';
export const DKIM_SELECTOR = 'trial';

/** The host that takes in mail for all of them, and the authserv-id of its Authentication-Results (RFC 8601). */
export const EXCHANGE_HOST = 'mx.help.example';

export interface MailDomain {
  readonly domain: string;
  /** Where this domain's provider sends from. All of 127/8 is loopback, so each can have an address of its own. */
  readonly sendsFrom: string;
  readonly dkim: 'signs' | 'unsigned';
  readonly spf: 'published' | 'unpublished';
  readonly dmarc: 'reject' | 'quarantine' | 'unpublished';
}

export const MAIL_DOMAINS: readonly MailDomain[] = [
  { domain: SUPPORT_DOMAIN, sendsFrom: '127.0.0.10', dkim: 'signs', spf: 'published', dmarc: 'quarantine' },
  { domain: 'people.example', sendsFrom: '127.0.0.11', dkim: 'signs', spf: 'published', dmarc: 'reject' },
  { domain: 'signed.example', sendsFrom: '127.0.0.12', dkim: 'signs', spf: 'unpublished', dmarc: 'unpublished' },
  { domain: 'plain.example', sendsFrom: '127.0.0.13', dkim: 'unsigned', spf: 'unpublished', dmarc: 'unpublished' },
];

export function mailDomain(domain: string): MailDomain | undefined {
  return MAIL_DOMAINS.find((one) => one.domain === domain);
}

export interface SigningKey {
  /** PEM. */
  readonly privateKey: string;
  /** The `p=` of RFC 6376: base64 of the SubjectPublicKeyInfo. */
  readonly published: string;
}

export type SigningKeys = ReadonlyMap<string, SigningKey>;

/** RSA, which every verifier knows. */
export async function makeSigningKeys(): Promise<SigningKeys> {
  const make = promisify(generateKeyPair);
  const signing = MAIL_DOMAINS.filter((one) => one.dkim === 'signs');
  const made = await Promise.all(
    signing.map(async ({ domain }): Promise<readonly [string, SigningKey]> => {
      const { privateKey, publicKey } = await make('rsa', { modulusLength: 2048 });
      return [
        domain,
        {
          privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
          published: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        },
      ];
    }),
  );
  return new Map(made);
}

export function zoneOf(keys: SigningKeys): Zone {
  const zone = new Map<string, readonly { readonly type: 'A' | 'MX' | 'TXT'; readonly value: string }[]>();
  zone.set(EXCHANGE_HOST, [{ type: 'A', value: '127.0.0.1' }]);
  for (const { domain, sendsFrom, spf, dmarc } of MAIL_DOMAINS) {
    zone.set(domain, [
      { type: 'A', value: sendsFrom },
      { type: 'MX', value: EXCHANGE_HOST },
      ...(spf === 'published' ? [{ type: 'TXT' as const, value: `v=spf1 ip4:${sendsFrom} -all` }] : []),
    ]);
    const key = keys.get(domain);
    if (key !== undefined)
      zone.set(`${DKIM_SELECTOR}._domainkey.${domain}`, [{ type: 'TXT', value: `v=DKIM1; k=rsa; p=${key.published}` }]);
    if (dmarc !== 'unpublished') zone.set(`_dmarc.${domain}`, [{ type: 'TXT', value: `v=DMARC1; p=${dmarc}` }]);
  }
  return zone;
}
