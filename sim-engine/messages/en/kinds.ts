export const KIND_MESSAGES: { readonly [key: string]: string } = {};
