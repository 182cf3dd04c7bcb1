-- Up Migration
-- Every change of a feed but its first was made since: feeds that have something too old are found without a look at the
-- changes. Only what removes changes moves it, so that writing a change costs nothing more.
alter table feeds add column kept_since timestamptz(3) not null default now();
update feeds
set kept_since = first.at
from (select distinct on (owner_id) owner_id, at from changes order by owner_id, seq) as first
where first.owner_id = feeds.owner_id;
create index feeds_kept_since_idx on feeds (kept_since);

-- Down Migration
alter table feeds drop column kept_since;
