// What can go wrong with a Matrix account, by code. Never holds a message, an id, an address or an SDK error.

export type MatrixFaultCode =
  // the file
  | 'file-locked'
  | 'file-missing'
  | 'file-old'
  | 'file-broken'
  | 'file-form'
  | 'file-exists'
  | 'disk-full'
  | 'file-failed'
  | 'wrong-key'
  | 'key-size'
  | 'closed'
  | 'dead'
  // the device's secrets
  | 'hold-stuck'
  | 'store-failed'
  | 'sync-store-failed'
  | 'crypto-sync-failed'
  | 'one-time-key-lost'
  // the account
  | 'no-login'
  | 'login-refused'
  | 'login-later'
  | 'homeserver-url'
  | 'homeserver-away'
  | 'logged-out'
  | 'other-account'
  | 'sdk-changed'
  | 'cross-signing-failed'
  | 'recovery-key-needed'
  | 'recovery-key-wrong'
  // requests
  | 'request-refused'
  | 'clear-send-refused'
  | 'answer-malformed'
  | 'timeout';

export class MatrixFault extends Error {
  override readonly name = 'MatrixFault';
  readonly code: MatrixFaultCode;

  constructor(code: MatrixFaultCode) {
    super(code);
    this.code = code;
  }
}
