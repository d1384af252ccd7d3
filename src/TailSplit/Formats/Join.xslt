<?xml version="1.0" encoding="utf-8"?>
<!-- All views in one file, since PowerShell reads one faster than nine; by type, whatever the order of the files. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="utf-8" />
  <xsl:template match="/Formats">
    <Configuration>
      <ViewDefinitions>
        <xsl:for-each select="Configuration/ViewDefinitions/View">
          <xsl:sort select="ViewSelectedBy/TypeName" />
          <xsl:copy-of select="." />
        </xsl:for-each>
      </ViewDefinitions>
    </Configuration>
  </xsl:template>
</xsl:stylesheet>
