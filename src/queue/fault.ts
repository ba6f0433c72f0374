// Why a Redis is not used, by code. Never holds what it said, which may carry an address or a user.

export type QueueFaultCode =
  | 'redis-url'
  /** Plain text over a network. */
  | 'redis-plain'
  /** Older than 6.2. */
  | 'redis-old'
  /** Its `maxmemory-policy` is not `noeviction`: it would drop wakes by itself. */
  | 'redis-evicts'
  /** The user or password is wrong, or may not ask for INFO. */
  | 'redis-refused';

export class QueueFault extends Error {
  override readonly name = 'QueueFault';
  readonly code: QueueFaultCode;
  constructor(code: QueueFaultCode) {
    super(code);
    this.code = code;
  }
}
