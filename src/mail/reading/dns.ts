// Asks the DNS for mailauth: with an end, with servers of one's own for tests and for those who want it.
import { Resolver } from 'node:dns/promises';

export type DnsServers = { readonly dns: 'system' } | { readonly dns: 'servers'; readonly servers: readonly string[] };

export type Resolve = (domain: string, type: string) => Promise<string[][] | string[]>;

export class DnsAway extends Error {
  readonly code = 'ETIMEOUT';
  constructor() {
    super('dns-away');
    this.name = 'DnsAway';
  }
}

/** One try of so long, then a second: two servers of a provider are asked in turn. */
const tryMs = 1_500;
/** A mail can make that many questions asked: ten signatures, and the walks up their domains (RFC 9989 4.10). */
const mostQuestions = 60;

export interface Asking extends Disposable {
  readonly resolve: Resolve;
}

/** Questions for one mail. After `ms` every one of them, also those under way, ends as if nobody answered. */
export function askDns({ from, ms }: { readonly from: DnsServers; readonly ms: number }): Asking {
  const resolver = new Resolver({ timeout: tryMs, tries: 2 });
  if (from.dns === 'servers') resolver.setServers(from.servers);
  let questions = 0;
  let over = false;
  const end = () => {
    over = true;
    resolver.cancel();
  };
  const timer = setTimeout(end, ms);
  return {
    async resolve(domain, type) {
      questions += 1;
      if (over || questions > mostQuestions) throw new DnsAway();
      switch (type) {
        case 'TXT':
          return resolver.resolveTxt(domain);
        case 'A':
          return resolver.resolve4(domain);
        case 'CNAME':
          return resolver.resolveCname(domain);
        default:
          throw new DnsAway();
      }
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      end();
    },
  };
}
