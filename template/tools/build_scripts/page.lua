-- Pass 2 of the website: write the text of pages.
--
-- Input:  {"shared": {"words": {"Table": …}}, "jobs": [{"ast": JSON text, "chapter": {"prefix": …},
--          "pages": {id: address}, "images": {path: address}}]}
-- Output: one line for each job: {"html": …, "messages": […]}, or {"error": …}.

local html = dofile(pandoc.path.join {pandoc.path.directory(arg[0]), "html.lua"})

local function write(job, words)
  local doc = pandoc.read(job.ast, "json"):walk {
    Image = function(image)
      image.src = job.images[image.src] or image.src
      return image
    end,
    Link = function(link)
      link.target = job.pages[link.target:match("^#(.+)$")] or link.target
      return link
    end,
  }
  local context = {words = words, chapter = job.chapter}
  local log, text = pandoc.log.silence(html, doc, context)
  local messages = log:map(function(m) return pandoc.json.decode(pandoc.json.encode(m)) end)
  return {html = text, messages = messages}
end

local input = pandoc.json.decode(io.read("a"), false)
for _, job in ipairs(input.jobs) do
  local ok, answer = pcall(write, job, input.shared.words)
  io.write(pandoc.json.encode(ok and answer or {error = tostring(answer)}), "\n")
  io.flush()
end
