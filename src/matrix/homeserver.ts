// The homeserver's address: https, or plain http on this machine alone.
import { MatrixFault } from '#matrix/fault.ts';

/** Returns the base URL without a slash at its end; throws `homeserver-url`. */
export function homeserverUrl(raw: string): string {
  const url = URL.parse(raw);
  const loopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (
    url === null ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))
  ) {
    throw new MatrixFault('homeserver-url');
  }
  return url.href.replace(/\/+$/u, '');
}
