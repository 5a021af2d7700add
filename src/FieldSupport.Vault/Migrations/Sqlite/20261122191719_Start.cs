using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Vault.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Start : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "vault_VisitReferences",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    VisitKey = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Reference = table.Column<byte[]>(type: "BLOB", nullable: false),
                    KeyId = table.Column<string>(type: "TEXT", nullable: false),
                    StoredAtUtc = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vault_VisitReferences", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_vault_VisitReferences_KeyId",
                table: "vault_VisitReferences",
                column: "KeyId");

            migrationBuilder.CreateIndex(
                name: "IX_vault_VisitReferences_VisitKey",
                table: "vault_VisitReferences",
                column: "VisitKey",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "vault_VisitReferences");
        }
    }
}
