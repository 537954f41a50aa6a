alike-found = 已有 { $n } 条相像的记录，请先核对；是同一个的，打开已有的记录，不要重复登记：
alike-holds = 已经登记在这里：
alike-elsewhere = 本人权限范围以外有一条相像的记录，请有权限的人核对
alike-born = { $day } 出生
alike-apart = 已核对，不是同一个，照常保存
alike-doubtful = 有 { $n } 处可能填错了，请先核对；填错的，改正后再保存：
alike-compared = 已核对，确实如此，照常保存
