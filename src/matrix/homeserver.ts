// The homeserver's address: https, or plain http on this machine alone.
import { MatrixFault } from '#matrix/fault.ts';
import { isLoopback } from '#settings/loopback.ts';

/** Returns the base URL without a slash at its end; throws `homeserver-url`. */
export function homeserverUrl(raw: string): string {
  const url = URL.parse(raw);
  if (
    url === null ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  ) {
    throw new MatrixFault('homeserver-url');
  }
  return url.href.replace(/\/+$/u, '');
}
