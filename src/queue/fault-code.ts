// A fault's code for the log: ours, Node's or SQLite's short names, never a message.

export const faultCode = (fault: unknown): string => {
  const code = fault instanceof Error && 'code' in fault ? fault.code : null;
  return typeof code === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,40}$/.test(code) ? code : 'unexpected';
};
