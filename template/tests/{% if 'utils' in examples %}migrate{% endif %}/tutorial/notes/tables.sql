drop table if exists entry;
drop table if exists person;
create table person (id integer primary key, name text unique not null, secret text not null);
create table entry (
    id integer primary key,
    person integer not null references person (id),
    written timestamp not null default current_timestamp,
    title text not null,
    body text not null
);
