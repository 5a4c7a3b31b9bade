/** One environment variable by its name, for values an admin keeps there; empty counts as absent. */
export function environmentVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}
