// Answers: does this host name stand for this machine, so that nothing goes over a network?

export const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '::1', '[::1]'].includes(host.toLowerCase());
