-- Up Migration
-- How often something was done, until when that is counted. Unlogged: a crash of the database forgets the counts, which no
-- more than starts them anew, and each call costs no entry in its log. Keys are hashes: they tell nobody's address or name.
create unlogged table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  -- Milliseconds since 1970, as rate-limiter-flexible writes them.
  expire bigint
);

-- Down Migration
drop table rate_limits;
