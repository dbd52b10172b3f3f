// A button that is an icon alone: what it does is said by its name, which is shown to whoever points at it.

import type { LucideIcon } from 'lucide-react';

export interface IconButtonProps {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Side of the icon, px. */
  readonly size?: number;
  readonly onClick: () => void;
  /** Of a button that switches something: whether it is on. */
  readonly isOn?: boolean;
  readonly className?: string;
}

export function IconButton({ label, icon: Icon, size = 16, onClick, isOn, className = '' }: IconButtonProps) {
  return (
    <button
      type="button"
      className={`btn ghost only ${className}`}
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      onClick={onClick}
    >
      <Icon size={size} strokeWidth={1.75} />
    </button>
  );
}
