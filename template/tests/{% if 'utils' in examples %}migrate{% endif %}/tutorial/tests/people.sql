insert into person (name, secret) values
  ('ada', 'pbkdf2:sha256:1$salt$96b3dba7445f7a68412c9834bc5cd0f948b98178988d0d4534a8ca938871dbd9'),
  ('bob', 'pbkdf2:sha256:1$salt$96b3dba7445f7a68412c9834bc5cd0f948b98178988d0d4534a8ca938871dbd9');
insert into entry (title, body, person, written) values
  ('A first day', 'It rained' || x'0a' || 'all day.', 1, '2024-01-01 00:00:00');
