/** Whether somebody asked the command to stop. */
export interface Interrupt {
  asked(): boolean;
  forget(): void;
}

/** Ctrl-C ends long work between two batches; the second ends the process at once. */
export function onInterrupt(): Interrupt {
  let asked = false;
  const heard = (): void => {
    if (asked) process.exit(1);
    asked = true;
  };
  process.on('SIGINT', heard).on('SIGTERM', heard);
  return {
    asked: () => asked,
    forget: () => void process.off('SIGINT', heard).off('SIGTERM', heard),
  };
}
