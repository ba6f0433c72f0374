// How well is it proved who wrote: DKIM by our own check, DMARC by the From domain's record, and the verdict of our own provider. What follows from it: src/domain/who-wrote.ts.
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { evaluateDmarc } from 'mailauth/lib/dmarc/index.js';
import { formatAddress, parseAddress } from '#mail/addresses.ts';
import type { MailAddress, MailEvidence } from '#relay/mail-port.ts';
import { trustedResults } from './authentication-results.ts';
import type { MethodResult, TrustedResults } from './authentication-results.ts';
import type { Resolve } from './dns.ts';
import { valuesOf } from './head.ts';
import type { Head } from './head.ts';

export interface MailToProve {
  readonly head: Head;
  readonly sender: MailAddress;
  /** Null: there is no body to check a signature over. */
  readonly bytes: Uint8Array | null;
}

export interface ProveWith {
  readonly resolve: Resolve;
  readonly trusted: TrustedResults;
}

/** More signatures than any list or provider puts on a mail; each costs a question to the DNS and a pass over the body. */
const mostSignatures = 10;

export async function prove(mail: MailToProve, how: ProveWith): Promise<MailEvidence> {
  const provider = verdictOf(trustedResults(mail.head, how.trusted), mail.sender.domain);
  // The DNS is asked only where something rests on its answer: it need not know who writes to us.
  const signed = mail.bytes !== null && valuesOf(mail.head, 'dkim-signature').length > 0;
  if (provider !== 'fail' && !signed) return { verdict: provider, policy: 'none' };
  const own = await checkSignatures(mail, how.resolve);
  return { verdict: together(own.verdict, provider, own.policy), policy: own.policy === 'away' ? 'none' : own.policy };
}

type Verdict = MailEvidence['verdict'];
type Policy = MailEvidence['policy'] | 'away';

/** A pass is a pass whoever saw it: mailboxes change bodies after the check, and providers know what only they could see. */
function together(own: Verdict, provider: 'pass' | 'fail' | 'nothing', policy: Policy): Verdict {
  if (own === 'pass' || provider === 'pass') return 'pass';
  const failed = provider === 'fail' || own === 'fail';
  // What follows from a fail depends on the policy, so both wait for the DNS.
  if (own === 'away' && provider !== 'fail') return 'away';
  if (failed) return policy === 'away' ? 'away' : 'fail';
  return own;
}

interface OwnCheck {
  readonly verdict: Verdict;
  readonly policy: Policy;
}

interface Signature {
  readonly domain: string;
  readonly is: 'good' | 'wrong' | 'away' | 'worthless';
  readonly aligned: boolean;
}

async function checkSignatures(mail: MailToProve, resolve: Resolve): Promise<OwnCheck> {
  const signatures = await verify(mail, resolve);
  const good = signatures.filter((signature) => signature.is === 'good');
  const dmarc = await evaluateDmarc({
    headerFrom: [formatAddress(mail.sender)],
    fromFields: 1,
    spfDomains: [],
    dkimDomains: good.map((signature) => ({ id: signature.domain, domain: signature.domain, aligned: signature.domain, underSized: 0 })),
    resolver: resolve,
  });
  const record = dmarc.response === false ? null : dmarc.response;
  const policy: Policy =
    record === null ? 'none' : record.status.result === 'temperror' && record.policy === undefined ? 'away' : policyOf(record.policy);
  if (record?.status.result === 'pass') return { verdict: 'pass', policy };
  // Without a record there is no mode to hold it to: an aligned signature is what counts.
  if (record?.status.result === 'none' && good.some((signature) => signature.aligned)) return { verdict: 'pass', policy };
  const undecided = good.length > 0 && record?.status.result === 'temperror';
  if (undecided || signatures.some((signature) => signature.is === 'away' && signature.aligned)) return { verdict: 'away', policy };
  return { verdict: signatures.some((signature) => signature.is === 'wrong' && signature.aligned) ? 'fail' : 'nothing', policy };
}

function policyOf(policy: string | undefined): MailEvidence['policy'] {
  return policy === 'reject' || policy === 'quarantine' ? policy : 'none';
}

async function verify(mail: MailToProve, resolve: Resolve): Promise<readonly Signature[]> {
  const count = valuesOf(mail.head, 'dkim-signature').length;
  if (mail.bytes === null || count === 0 || count > mostSignatures) return [];
  const { bytes } = mail;
  const checked = await dkimVerify(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    resolver: resolve,
    minBitLength: 1024,
    rejectRsaSha1: true,
  });
  // If the library sees another sender than we do, its verdict is about another mail.
  const [from, ...others] = checked.headerFrom;
  const seen = from === undefined || others.length > 0 ? null : parseAddress(from);
  if (seen === null || formatAddress(seen) !== formatAddress(mail.sender)) return [];
  return checked.results.map((result) => ({
    domain: result.signingDomain ?? '',
    is: judge(result),
    aligned: Boolean(result.status.aligned),
  }));
}

interface CheckedSignature {
  readonly status: { readonly result: string; readonly underSized?: number };
  readonly bodyHash?: string;
  readonly bodyHashExpecting?: string;
}

/** `worthless`: no key, expired, too weak, or a signature that leaves the end of the body open to whoever sends it on (`l=`). */
function judge(result: CheckedSignature): Signature['is'] {
  switch (result.status.result) {
    case 'pass':
      return (result.status.underSized ?? 0) > 0 ? 'worthless' : 'good';
    case 'fail':
      return 'wrong';
    case 'temperror':
      return 'away';
    default:
      return result.bodyHashExpecting !== undefined && result.bodyHashExpecting !== result.bodyHash ? 'wrong' : 'worthless';
  }
}

/** RFC 8601 2.7: a verdict counts only where it names the domain that the mail is from. */
function verdictOf(results: readonly MethodResult[], domain: string): 'pass' | 'fail' | 'nothing' {
  const dmarc = results.find((each) => each.method === 'dmarc');
  if (dmarc !== undefined && sameDomain(dmarc.properties.get('header.from') ?? '', domain)) {
    if (dmarc.result === 'pass') return 'pass';
    if (dmarc.result === 'fail') return 'fail';
  }
  const dkim = results.filter((each) => each.method === 'dkim' && speaksFor(signerOf(each), domain));
  if (dkim.some((each) => each.result === 'pass')) return 'pass';
  return dkim.some((each) => each.result === 'fail') ? 'fail' : 'nothing';
}

function signerOf(result: MethodResult): string {
  const identity = result.properties.get('header.i') ?? '';
  return result.properties.get('header.d') ?? identity.slice(identity.lastIndexOf('@') + 1);
}

/** The same domain, or one above it: who holds `example.org` speaks for `mail.example.org`. */
function speaksFor(signer: string, domain: string): boolean {
  return sameDomain(signer, domain) || (signer.split('.').length >= 2 && domain.endsWith(`.${signer}`));
}

function sameDomain(one: string, domain: string): boolean {
  return one.replace(/^.*@/, '').replace(/\.$/, '') === domain;
}
