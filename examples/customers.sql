-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
-- Dump completed by 张三, 手机 13800138000

/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `khxx`;
CREATE TABLE `khxx` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `f1` varchar(60) DEFAULT NULL COMMENT '客户姓名',
  `zjhm` varchar(30) DEFAULT NULL COMMENT '证件号码',
  `zjzh` varchar(20) DEFAULT NULL COMMENT '资金账号',
  `sj` varchar(20) DEFAULT NULL COMMENT '手机',
  `zzc` decimal(18,2) DEFAULT NULL COMMENT '总资产',
  `bz` text COMMENT '备注',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `khxx` VALUES (1,'张三','440524188001010014','8800123456','13800138000',1380013.80,'it\'s ok'),(2,'欧阳明','110105188702280028','8800123457','13900001234',0.00,NULL);
INSERT INTO `khxx` (`f1`, `zjzh`, `sj`) VALUES ('李四', 8800123458, 13800138000);
UPDATE khxx SET sj = '13900001234' WHERE zjzh IN ('8800123456', '8800123457');
