// Named points at which a test may end the process. In the product the hook does nothing.

/** Called at: `crypto:<stores>`, `commit`, `committed`, `sync-read`, `sync-kept`, `ask:<request>`, `answered:<request>`, `take`, `taken`. */
export type Failpoint = (name: string) => void;

export const noFailpoint: Failpoint = () => undefined;
