// Short lists that are filled and emptied again and again. Setting their length would give their room back each time.

/** Takes away what lies behind the first `count`. */
export function truncate(list: unknown[], count: number): void {
  while (list.length > count) list.pop();
}

/** Takes away the first `count`. */
export function dropFirst(list: unknown[], count: number): void {
  if (count >= list.length) truncate(list, 0);
  else if (count > 0) list.splice(0, count);
}
