folder <- commandArgs(trailingOnly = TRUE)[1]  # data/clean
load_table <- function(name) read.csv(file.path(folder, paste0(name, ".csv")), encoding = "UTF-8",
                                      colClasses = "character", na.strings = "")
names <- c("figures", "projects", "events", "pairs", "mechanisms", "context")
tables <- sapply(names, load_table, simplify = FALSE)
figures <- tables$figures
for (column in c("start", "end")) figures[[column]] <- as.integer(figures[[column]])
is_number <- !is.na(figures$unit)  # dates, periods, codes and the like have no unit
for (column in c("value", "low", "high"))
  figures[[paste0(column, "_number")]] <- as.numeric(ifelse(is_number, figures[[column]], NA))
