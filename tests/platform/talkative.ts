/** Prints what it was told in its environment, as no server may. */
process.stdout.write(`${process.env.JWT_SECRETS} ${process.env.REDIS_URL}\n`);
process.stderr.write(`${process.env.SAYS}\n`);
