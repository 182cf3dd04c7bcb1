-- Up Migration
-- Words with their places, and whose todo it is, so that one index finds the words of one owner: see todo-search.ts,
-- which writes it. What was there before is found by its plain words until it is changed.
alter table todos add column search tsvector not null default '';
update todos
set search = setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', coalesce(description, '')), 'D')
  || ('''@' || owner_id || '''')::tsvector;
create index todos_search_idx on todos using gin (search) where deleted_at is null;

-- Down Migration
alter table todos drop column search;
