using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Vault.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SafetyNarratives : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "vault_SafetyNarratives",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<string>(type: "TEXT", nullable: false),
                    Narrative = table.Column<byte[]>(type: "BLOB", nullable: false),
                    KeyId = table.Column<string>(type: "TEXT", nullable: false),
                    StoredAtUtc = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vault_SafetyNarratives", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_vault_SafetyNarratives_KeyId",
                table: "vault_SafetyNarratives",
                column: "KeyId");

            migrationBuilder.CreateIndex(
                name: "IX_vault_SafetyNarratives_Number",
                table: "vault_SafetyNarratives",
                column: "Number",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "vault_SafetyNarratives");
        }
    }
}
