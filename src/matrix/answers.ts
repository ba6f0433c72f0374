// Turns what the SDK throws into our own outcomes. SDK errors hold URLs, ids and even clear messages: nothing of them but a code goes on.
import { isRecord } from '#matrix/raw-event.ts';
import { MatrixFault } from '#matrix/fault.ts';

export type Failure =
  | { readonly outcome: 'later'; readonly afterMs: number; readonly code: string }
  | { readonly outcome: 'refused'; readonly code: string };

const retryMs = 5_000;
const longestRetryMs = 15 * 60_000;

export function failureOf(error: unknown): Failure {
  const fault = error instanceof MatrixFault ? error : isRecord(error) ? error['cause'] : null;
  if (fault instanceof MatrixFault) {
    const { code } = fault;
    return code === 'request-refused' || code === 'clear-send-refused'
      ? { outcome: 'refused', code }
      : { outcome: 'later', afterMs: retryMs, code };
  }
  const status = isRecord(error) && typeof error['httpStatus'] === 'number' ? error['httpStatus'] : null;
  const code = errcodeOf(error) ?? (status === null ? unansweredCode(error) : `http-${status}`);
  // A revoked token is the operator's to mend, and then the same op can go.
  if (status === null || status === 401 || status === 429 || status >= 500) return { outcome: 'later', afterMs: retryAfter(error), code };
  return { outcome: 'refused', code };
}

/** Without a status: the connection failed, or something inside the SDK did. */
const unansweredCode = (error: unknown): string =>
  isRecord(error) && (error['name'] === 'ConnectionError' || error['name'] === 'AbortError') ? 'unreachable' : 'sdk-error';

/** Only what looks like an errcode: the server chooses it, and it goes into logs. */
export function errcodeOf(error: unknown): string | null {
  const code = isRecord(error) ? error['errcode'] : null;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/u.test(code) ? code : null;
}

/** `Retry-After` in seconds or as a date (RFC 9110 10.2.3), else `retry_after_ms` as Matrix had it before 1.10. */
function retryAfter(error: unknown): number {
  if (!isRecord(error)) return retryMs;
  const header = error['httpHeaders'] instanceof Headers ? error['httpHeaders'].get('retry-after') : null;
  const data = isRecord(error['data']) ? error['data']['retry_after_ms'] : null;
  const fromHeader = header === null ? null : /^\d+$/u.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  const ms =
    fromHeader !== null && Number.isFinite(fromHeader) ? fromHeader : typeof data === 'number' && Number.isFinite(data) ? data : retryMs;
  return Math.min(Math.max(Math.round(ms), 0), longestRetryMs);
}
