export const PROBLEM_MESSAGES: { readonly [key: string]: string } = {};
