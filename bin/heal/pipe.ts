interface Stream {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** A reader that has seen enough, such as `head`, closes the pipe: that is an end, and no failure. */
export function endsWithItsReader(out: Stream, end: () => void): void {
  out.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    end();
  });
}
