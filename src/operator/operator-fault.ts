// What can be wrong between an operator's command and the relay. Codes only.

export type OperatorFaultCode =
  | 'not-running'
  | 'not-allowed'
  | 'already-running'
  | 'no-answer'
  | 'odd-answer'
  | 'not-here'
  | 'failed'
  | 'folder-name-too-long';

export class OperatorFault extends Error {
  override readonly name = 'OperatorFault';
  readonly code: OperatorFaultCode;

  constructor(code: OperatorFaultCode) {
    super(code);
    this.code = code;
  }
}
