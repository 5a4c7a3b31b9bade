/** Kills this process at a named point. Only the environment variable of the crash tests arms it. */
export type Crashpoint = (name: string) => void;

/** `spec`: `name:hit` pairs, comma separated; the process dies by SIGKILL at the hit-th pass. */
export function createCrashpoint(spec: string | null): Crashpoint {
  if (spec === null || spec === '') return () => undefined;
  const left = new Map(
    spec.split(',').map((entry) => {
      const [name = '', hit = '1'] = entry.split(':');
      return [name, Number(hit)] as const;
    }),
  );
  return (name) => {
    const hits = left.get(name);
    if (hits === undefined) return;
    if (hits <= 1) process.kill(process.pid, 'SIGKILL');
    left.set(name, hits - 1);
  };
}
