/** The present time. Everything that asks for it is given one, so that tests can set it. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
