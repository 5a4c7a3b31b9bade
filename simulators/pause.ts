/**
 * Waits `ms` milliseconds, or until the simulator closes: it resolves at once then, so that no timer outlives
 * its simulator.
 */
export function pause(ms: number, closing: AbortSignal): Promise<void> {
  if (closing.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      closing.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    closing.addEventListener('abort', finish);
  });
}
