// Keeps two runs of one lane apart within this process. A wake that comes during a run makes one more run after it, since the run
// may have looked already. The lease in the store keeps processes apart; within one, all claims are its own.

type Drain = (lane: string) => Promise<void>;

interface Run {
  readonly now: Promise<void>;
  next: Promise<void> | null;
}

/** The same function must go to the queue and to the sweeper. */
export const oneRunPerLane = (drain: Drain): Drain => {
  const running = new Map<string, Run>();

  const start = (lane: string): Promise<void> => {
    const run: Run = { now: (async () => drain(lane))(), next: null };
    running.set(lane, run);
    const end = (): void => {
      if (run.next === null) running.delete(lane);
    };
    run.now.then(end, end);
    return run.now;
  };

  return (lane) => {
    const run = running.get(lane);
    if (run === undefined) return start(lane);
    run.next ??= run.now.then(
      () => start(lane),
      () => start(lane),
    );
    return run.next;
  };
};
