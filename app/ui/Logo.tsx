// An envelope whose flap is a pulse. Decoration beside the name of the page.

export function Logo() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <rect x="1.5" y="4.5" width="21" height="15" rx="3.5" fill="var(--ink)" />
      <path
        d="M4 8.5h4.2l2.3 6 3-9 2.3 6.5 1-3.5H20"
        stroke="var(--surface)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
