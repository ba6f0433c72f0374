// Waits for something to end, but no longer than so long.

export const within = async (ms: number, work: Promise<unknown>): Promise<'ended' | 'late'> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  const ended = work.then(
    () => 'ended' as const,
    () => 'ended' as const,
  );
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
};
