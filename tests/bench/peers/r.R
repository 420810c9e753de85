# R's side of the comparison: Rscript r.R FOLDER FILE. Reads the wave, rakes it, writes three tables with intervals.
suppressMessages(library(survey))
asked <- commandArgs(TRUE)
by <- list(borough = ~borough, age = ~age, cell = ~borough + age)

read_wave <- function(file) {
  if (requireNamespace("data.table", quietly = TRUE)) data.table::fread(file, data.table = FALSE) else read.csv(file)
}

totals_of <- function(margins, name) {
  here <- margins[margins$margin == name, ]
  setNames(data.frame(here$level, here$people), c(name, "Freq"))
}

tables <- function(wave, margins) {
  design <- svydesign(ids = ~school, strata = ~borough, weights = ~weight, data = wave)
  totals <- lapply(c("borough", "age", "sex"), totals_of, margins = margins)
  raked <- rake(design, list(~borough, ~age, ~sex), totals, control = list(maxit = 200, epsilon = 1e-10))
  lapply(by, function(one) {
    svyby(~worried, one, raked, svyciprop, method = "xlogit", vartype = c("se", "ci"))
  })
}

fastest <- function(action) {
  took <- system.time(found <- action())[["elapsed"]]
  if (took < 2) for (go in 1:2) took <- min(took, system.time(found <- action())[["elapsed"]])
  list(found = found, took = took)
}

rows_of <- function(name, table) {
  domain <- do.call(paste, c(unname(as.list(table[all.vars(by[[name]])])), sep = "/"))
  errors <- table[[grep("^se", names(table))[1]]]
  data.frame(name, domain, table$worried, errors, table$ci_l, table$ci_u)
}

margins <- read.csv(file.path(asked[1], "margins.csv"))
wave <- fastest(function() read_wave(file.path(asked[1], "wave.csv")))
made <- fastest(function() tables(wave$found, margins))
rows <- do.call(rbind, Map(rows_of, names(by), made$found))
rows[3:6] <- lapply(rows[3:6], formatC, digits = 17, format = "g")
write.table(rows, asked[2], sep = ",", row.names = FALSE, col.names = FALSE, quote = FALSE)
version <- paste("R survey", packageVersion("survey"))
cat(wave$took, made$took, version, "\n")
