export const FIELD_MESSAGES: { readonly [key: string]: string } = {};
